"""One programme, checked: its TOML file comes in; a `Programme` with its classifications goes out. No module knows a
programme by name.
"""
