-- A case's clocks; null at feeds without.
alter table cases
    add submitted_at timestamptz,
    add reception_due_at timestamptz,
    add procedure_version text,
    add pauses int,
    add supplements int,
    add paused_at timestamptz,
    add pause_reason text,
    add paused_seconds int,
    add worked_seconds int,
    add due_by_us_at timestamptz,
    add due_by_us_on date,
    add due_check text,
    add breach_at timestamptz,
    add outcome_766 text,
    add apology_at timestamptz,
    add apology text,
    add overdue_cause text,
    add consultations int,
    add late_consultations int,
    add consulting_at timestamptz,
    add consult_due_at timestamptz;
drop index cases_open;
create index cases_open on cases (feed, due_at) include (due_on, agency, phase, breach_at, apology_at)
    where in_figures and resolved_at is null; -- included: tiles per agency without the heap
create index cases_waiting on cases (feed, reception_due_at) where entered_at is null and reception_due_at is not null;
create index cases_definitions on cases (feed, definitions); -- those to be folded again are found without reading the others
