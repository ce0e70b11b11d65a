-- Grain: one staged application that its checks found good; division: ATECO 2007; size_class: stated or computed.
UPDATE staged_applications AS s
SET division = c.division, size_class = c.size_class
FROM checked AS c
WHERE c.sheet = s.sheet AND c.row_number = s.row_number
