"""What the web server does beside Streamlit: heads of pages, small files, packed answers, JSON (PUBLIC).

Published releases come in through a function that opens one; HTTP answers go out.
"""
