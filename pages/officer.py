"""Load and publish: the data officer's page, for officers alone. A file, what it says and would change, its import;
then a release, what it would change in every headline, its publication.
"""

import streamlit as st

from pages.parts import (
    in_use,
    officer_columns,
    officer_file,
    officer_import,
    officer_release,
    officer_rows,
    visitor,
)
from pages.parts.officer_desk import desk_of

if not visitor.may_manage():  # whatever the navigation says
    st.stop()
text = in_use.language()
desk = desk_of()
desk.language = text.language
desk.take_in()
st.title(text("officer.title"))
desk.person = visitor.person()
st.markdown(text("officer.says"))
officer_file.show(desk, text)
desk.read_again()
officer_columns.show(desk, text)
officer_rows.show_problems(desk, text)
officer_rows.show_difference(desk, text)
officer_import.show(desk, text)
officer_release.show_build(desk, text)
officer_release.show_headlines(desk, text)
officer_release.show_publication(desk, text)
