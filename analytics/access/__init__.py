"""Who may see and do what: roles, the settings of an installation, and the person who acts."""
