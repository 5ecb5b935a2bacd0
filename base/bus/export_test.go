package bus

// Rings for tests.
var (
	ReadRing  = readRing
	WriteRing = writeRing
)

// Subscriptions counts what NATS is asked for, which is once per subject.
func (b *Bus) Subscriptions() int { return b.conn.NumSubscriptions() }
