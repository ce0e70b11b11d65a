"""What readers get: a release comes in; verbs, sentences, tables and pictures go out, of no number but its own."""
