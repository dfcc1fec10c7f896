"""Redis as the broker: kombu's own transport, but that a worker hears again after an outage."""

from kombu.transport import redis, virtual


class QoS(redis.QoS):
    """Which messages a worker has in hand, at most so many at a time."""

    def ack(self, delivery_tag: str) -> None:
        """Lets go of the message, also while Redis is away: kombu would go on holding it, and take no other ever."""
        try:
            super().ack(delivery_tag)
        finally:
            virtual.QoS.ack(self, delivery_tag)


class Channel(redis.Channel):
    QoS = QoS


class Transport(redis.Transport):
    Channel = Channel
