-- A release: what may be published, and nothing else. Format version 10. The file never changes once it is written.
-- "One column per dimension": VARCHAR NOT NULL each, from the programme's list (programme/dimensions.py), "*": all of it.

-- one row per key; values are JSON
CREATE TABLE manifest (key VARCHAR PRIMARY KEY, value VARCHAR NOT NULL);

-- one row per figure. "*" in a dimension: all of it. value is NULL where the figure is withheld, with a reason.
-- unit: fraction (0.12 is 12%), points (0.12 is 12 points), score (in [-2, 2]), outcome (the outcome's own: amounts per year),
-- count, money (the programme's currency), ratio (money per money), probability (of a test), number, deviations (standard)
CREATE TABLE figures (
    figure_id VARCHAR PRIMARY KEY,
    cell VARCHAR NOT NULL UNIQUE,       -- the part of the id that stays from release to release
    outcome VARCHAR NOT NULL,           -- "*": none, the figure is about firms or grants
    measure VARCHAR NOT NULL,
    arm VARCHAR NOT NULL,               -- funded, comparison, or "*" where both make the figure
    horizon VARCHAR NOT NULL,           -- overall, or the year after funding; of a path a period, or e-3: quarters (of
                                        -- yearly data years) since the award; "*": none
    -- one column per dimension
    unit VARCHAR NOT NULL,
    value DOUBLE,
    low DOUBLE,                         -- its own 95% interval
    high DOUBLE,
    shared_low DOUBLE,                  -- 95% range that the other groups of the list make short; else its own
    shared_high DOUBLE,
    range_kind VARCHAR,                 -- of those two: shared, or own; NULL: the figure is no effect
    half_low DOUBLE,                    -- 50% of the same range
    half_high DOUBLE,
    sim_low DOUBLE,                     -- interval that holds for all groups of the dimension together
    sim_high DOUBLE,
    p_value DOUBLE,                     -- of the same range
    sim_p DOUBLE,                       -- the p that holds for all groups of the dimension together
    mde DOUBLE,
    shrunk DOUBLE,                      -- the best guess, drawn toward all groups of the list, second to the value
    shrunk_low DOUBLE,                  -- its 80% range, which holds on average over the groups
    shrunk_high DOUBLE,
    firms_needed BIGINT,                -- funded firms that would tell the smallest effect that matters
    years_needed BIGINT,                -- years after funding that would; NULL: none, or not known
    df DOUBLE,
    level DOUBLE,                       -- of low and high, where the figure is a check's; 0.95 otherwise
    grade VARCHAR,                      -- how far the evidence carries; NULL: the figure carries no claim
    verdict VARCHAR,                    -- what the claim's interval allows; NULL: none, or withheld
    result VARCHAR,                     -- of a check, or whether a specification keeps the sign
    because VARCHAR,                    -- why it came out so
    n_funded BIGINT,
    n_comparison BIGINT,
    n_comparison_at_least BOOLEAN NOT NULL, -- whether there may be more: of groups that do not hold whole sectors
    obs_status VARCHAR NOT NULL,        -- SDMX
    conf_status VARCHAR NOT NULL,       -- SDMX: F free, C confidential (whatever the rule), E under embargo
    reason VARCHAR,
    CHECK ((value IS NULL) = (reason IS NOT NULL)),
    CHECK ((result IS NULL) = (because IS NULL))
);

-- one row per outcome, sector ("*": programme), basis, arm and period; index 100 = the year before. NULL: a gap, too few
-- firms. basis: typical (mean of logs, firms that sell then and before; n: at least so many) or sum (of all that report)
CREATE TABLE lines (
    figure_id VARCHAR NOT NULL,         -- one for both arms of an outcome, sector and basis
    outcome VARCHAR NOT NULL,
    sector VARCHAR NOT NULL,
    basis VARCHAR NOT NULL,
    arm VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    index_value DOUBLE,
    n BIGINT
);

-- how far funded firms lie apart: one row per sector ("*": programme) and dot, of the headline's outcome; place 0 is the
-- middle, the others are dots from the lowest. Each is the mean of n firms in order, rounded to 5 points or more (0.10 is 10%)
CREATE TABLE spread (
    figure_id VARCHAR NOT NULL,         -- one for the dots of an outcome and sector
    outcome VARCHAR NOT NULL,
    sector VARCHAR NOT NULL,
    horizon VARCHAR NOT NULL,
    place INTEGER NOT NULL,
    value DOUBLE NOT NULL,
    n BIGINT NOT NULL,
    obs_status VARCHAR NOT NULL         -- A, or P: as an earlier release had it
);

-- one row per tranche ("*": all): from announced to analysed. NULL: not stated, never guessed; or withheld. What is held
-- is as an earlier release had it
CREATE TABLE reconciliation (
    tranche VARCHAR PRIMARY KEY,
    announced_firms BIGINT,
    announced_eur DECIMAL(18, 2),
    announced_eur_is VARCHAR,
    loaded_firms BIGINT,
    loaded_eur DECIMAL(18, 2),
    selling_firms BIGINT,      -- without associations, universities and others that sell nothing by nature
    reporting_firms BIGINT,    -- of those, with any figure of the headline's outcome
    measured_firms BIGINT,
    analysed_firms BIGINT
);

-- one row per step of a path (reason "*": what stands there) and per reason in the gap before it, by tranche ("*": all) and
-- unit. Told values of a gap add up to the difference of the steps on its either side. Reasons joined by "+" are told as one.
-- value NULL: not stated, or confidential; of a step also its gap, which is told with the next step that is
CREATE TABLE reconciliation_gaps (
    place INTEGER PRIMARY KEY,          -- the order of the rows
    path VARCHAR NOT NULL,              -- in_all, awards, payments, analysis, comparison
    tranche VARCHAR NOT NULL,
    step VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,              -- applications, firms, amount (the programme's currency)
    value DECIMAL(18, 2),
    obs_status VARCHAR NOT NULL,        -- A, or P: as an earlier release had it
    UNIQUE (path, tranche, step, reason, unit)
);

-- one row per way an application ended. NULL: withheld
CREATE TABLE applications (outcome VARCHAR PRIMARY KEY, applications BIGINT);
