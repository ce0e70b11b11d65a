"""Words that Streamlit's frontend says in English and has no setting for (1.67), and what we have it say instead.

The script in static/vetrina.js puts ours in their place as they appear.
"""

from analytics.language.text import Text

# Streamlit's words -> the key of ours below [streamlit]; "{}" stands for what changes. Words may also stand before what
# they are about ("Search: Sectors").
WORDS = {
    "Skip to main content": "skip",
    "Navigate to home page": "home",
    "Sidebar": "menu",
    "Main menu": "menu",
    "Expand sidebar": "menu",
    "Collapse sidebar": "close_menu",
    "Choose an option": "choose",
    "No results": "no_results",
    "Open": "open",
    "Close": "close",
    "Dismiss": "close",
    "Clear value": "clear",
    "Link to heading": "link",
    "Copy to clipboard": "copy",
    "Copied": "copied",
    "Show/hide columns": "columns",
    "Search": "search",
    "Fullscreen": "fullscreen",
    "Close fullscreen": "close_fullscreen",
    "Download as CSV": "download",
    "Running...": "running",
    "Connecting": "connecting",
    "Connecting to Streamlit server": "connecting",
    "Error": "error",
    "Unable to connect to Streamlit server": "connection",
    "Connection error": "connection",
    "Add: {}": "find",
    "{} option available.": "option_available",
    "{} options available.": "options_available",
    "{}, selected": "selected",
    "{}, not selected": "not_selected",
    "Upload": "upload",
    "{}MB per file": "per_file",
    "{}MB per file • TOML": "per_toml",
    "Remove {}": "remove_file",
    "Add files": "add_file",
    "{} icon": "icon",
    "Help for {}": "help",
    "Choose options": "choose",
}


def words_for_streamlit(text: Text) -> dict[str, str]:
    """Streamlit's words -> ours, in a language; "{}" stands for what changes. Beside them "*offline", for the line that
    says that the server does not answer.
    """
    said = {english: text(f"streamlit.{key}", words="{}") for english, key in WORDS.items()}
    return said | {"*offline": text("streamlit.offline")}
