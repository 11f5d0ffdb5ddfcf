"""The kinds of thing the pipeline is made of; `defs/` says which of them there are."""
