"""An app of a later version: its second migration splits what the first one kept together."""
