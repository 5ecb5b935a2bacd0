package push

// What tests of this package see from outside.
var (
	Careful  = careful
	ErrInner = errInner
)
