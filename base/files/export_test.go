package files

// OnStep lets a test act between the steps of Put.
func (f *Folder) OnStep(act func(step string)) { f.step = act }
