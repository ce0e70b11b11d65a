"""Load and publish: the data officer's page, for officers alone. A file, what it says and would change, its import;
then a release, what it would change in every headline, its publication.
"""

import streamlit as st

from analytics.model import UserError
from analytics.officer.told import words_of
from pages.parts import (
    in_use,
    officer_columns,
    officer_file,
    officer_import,
    officer_release,
    officer_rows,
    visitor,
)
from pages.parts.officer_desk import desk_of, said

if not visitor.may_manage():  # whatever the navigation says
    st.stop()
text = in_use.language()
desk = desk_of()
desk.language = text.language
desk.take_in()
st.title(text("officer.title"))
try:
    desk.person = visitor.person()
except UserError as error:  # the settings cannot be read: who acts cannot be told
    st.error(said(words_of(error), text))
    st.stop()
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
