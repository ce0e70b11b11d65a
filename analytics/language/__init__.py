"""Every word a reader sees: a key and its values come in; sentences, numbers, dates and money go out by locale."""
