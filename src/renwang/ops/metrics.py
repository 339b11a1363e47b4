"""Metrics for Prometheus, read from the database so that all processes of a node say the same.

No metric carries a name, a place or anything else of a person: labels are the
node's own words (a follower, a beat, a state).
"""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from renwang import __version__
from renwang.ops.condition import Condition


class ConditionCollector(Collector):
    """Presents one look at the node as metrics."""

    def __init__(self, condition: Condition):
        self.condition = condition

    def collect(self) -> Iterator[Metric]:
        """Yield every metric; `docs/reference/metrics.md` explains each."""
        seen = self.condition
        yield _labelled("renwang_info", "Version of the node.", "version", {__version__: 1})
        yield CounterMetricFamily(
            "renwang_journal_sealed_facts", "Facts sealed since the first.", value=seen.sealed
        )
        yield GaugeMetricFamily(
            "renwang_journal_unsealed_facts", "Facts waiting to be sealed.", value=seen.unsealed
        )
        yield GaugeMetricFamily(
            "renwang_journal_sealing_lag_seconds",
            "Age of the oldest fact waiting to be sealed.",
            value=seen.sealing_lag.total_seconds(),
        )
        if seen.worker_silence is not None:
            yield GaugeMetricFamily(
                "renwang_worker_silence_seconds",
                "Time since a worker last gave a sign of life.",
                value=seen.worker_silence.total_seconds(),
            )
        yield _labelled(
            "renwang_follower_behind_facts",
            "Facts a follower has not read yet.",
            "follower",
            {one.name: one.behind for one in seen.followers},
        )
        yield _labelled(
            "renwang_follower_failures",
            "Failures of a follower in a row.",
            "follower",
            {one.name: one.failures for one in seen.followers},
        )
        yield _labelled(
            "renwang_beat_failures",
            "Failures of a recurring piece of work in a row; only those that fail.",
            "beat",
            seen.failing_beats,
        )
        yield _labelled("renwang_jobs", "Long jobs by state.", "state", seen.jobs)
        yield _labelled(
            "renwang_relay_stalls",
            "What the auditor found that does not go on.",
            "kind",
            seen.stalls,
        )
        yield CounterMetricFamily(
            "renwang_sensor_readings", "Readings taken in since the first.", seen.sensors.readings
        )
        yield GaugeMetricFamily(
            "renwang_series_waiting",
            "Series with new readings that triggers have not looked at.",
            seen.sensors.waiting,
        )
        yield _labelled(
            "renwang_sensor_faults",
            "Open faults of sensors and triggers.",
            "kind",
            seen.sensors.faults,
        )
        yield GaugeMetricFamily(
            "renwang_brokers_away",
            "MQTT brokers that are listened to and not connected.",
            seen.sensors.brokers_away,
        )


def _labelled(name: str, words: str, label: str, values: dict[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family


def render(condition: Condition) -> bytes:
    """Write one look at the node in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(ConditionCollector(condition))
    return generate_latest(registry)
