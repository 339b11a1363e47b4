"""One library of all components; settings make it available in every template."""

from django.template import Library

from renwang.web.frame.tags import controls, forms, layout, panels, receipts, signs, tables

register = Library()
for _part in (signs, receipts, controls, forms, tables, panels, layout):
    register.tags.update(_part.register.tags)
    register.filters.update(_part.register.filters)
