-- The data that every measurement runs on (PostgreSQL; the SQLite file is a copy of it, row by row):
-- 2,000 organizations in a tree of 4 levels, 50 indicators with targets, 1,000,000 figures, 20,000 tasks, 100,000
-- progress updates, and the log of all of it. Nothing is random, and ids follow from numbers, so that a script can name
-- any row without asking for it.

-- Rows are consistent as they are written: their references need no checking one by one.
SET session_replication_role = replica;
SET synchronous_commit = off;

-- A version 7 id of the first days of 2026 whose last digits are a number.
CREATE FUNCTION bench_id(kind integer, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ('019b7c' || lpad(to_hex(kind), 2, '0') || '-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid
$$;

-- One province, 20 departments, 312 divisions, 1,667 units.
INSERT INTO organizations
SELECT code, name, kind, parent, path, '[]', NULL, NULL, 1, '2026-01-01', '2026-01-01'
FROM (
    SELECT 'X' AS code, 'Tỉnh đo tốc độ' AS name, 'province' AS kind, NULL AS parent, 'X/' AS path
    UNION ALL
    SELECT format('D%s', lpad(d::text, 2, '0')), format('Sở số %s', d), 'agency', 'X',
           format('X/D%s/', lpad(d::text, 2, '0'))
    FROM generate_series(1, 20) d
    UNION ALL
    SELECT format('P%s', lpad(p::text, 3, '0')), format('Phòng số %s', p), 'division',
           format('D%s', lpad((p % 20 + 1)::text, 2, '0')),
           format('X/D%s/P%s/', lpad((p % 20 + 1)::text, 2, '0'), lpad(p::text, 3, '0'))
    FROM generate_series(1, 312) p
    UNION ALL
    SELECT format('U%s', lpad(u::text, 4, '0')), format('Đơn vị số %s', u), 'unit',
           format('P%s', lpad((u % 312 + 1)::text, 3, '0')),
           format('X/D%s/P%s/U%s/', lpad(((u % 312 + 1) % 20 + 1)::text, 2, '0'),
                  lpad((u % 312 + 1)::text, 3, '0'), lpad(u::text, 4, '0'))
    FROM generate_series(1, 1667) u
) tree;

-- Odd ones are ratios, even ones counts; all are reported by month.
INSERT INTO indicators
SELECT format('I%s', lpad(i::text, 2, '0')), 'X', format('Chỉ tiêu số %s', i),
       CASE i % 2 WHEN 1 THEN '%' ELSE 'hồ sơ' END, CASE i % 2 WHEN 1 THEN 'ratio' ELSE 'count' END, true, 'month',
       NULL, NULL, NULL, NULL, NULL, NULL, NULL, format('chi tieu so %s', i), 1, 1, '2026-01-01', '2026-01-01'
FROM generate_series(1, 50) i;

-- Each indicator has a target for everyone and one for each department.
INSERT INTO indicator_targets
SELECT format('I%s', lpad(i::text, 2, '0')), d, CASE WHEN d > 0 THEN format('D%s', lpad(d::text, 2, '0')) END, 2026,
       '>=', 900000
FROM generate_series(1, 50) i, generate_series(0, 20) d;

-- 20,000 figures for each indicator: twelve months of (nearly) every unit.
INSERT INTO observations
SELECT bench_id(1, n), format('I%s', lpad(i::text, 2, '0')), format('U%s', lpad(u::text, 4, '0')),
       CASE WHEN m <= 2 THEN format('2025-M%s', m + 10) ELSE format('2026-M%s', lpad((m - 2)::text, 2, '0')) END, '',
       CASE i % 2 WHEN 1 THEN (n * 7919 % 1000) * 10000 END, CASE i % 2 WHEN 1 THEN 10000000 END,
       CASE i % 2 WHEN 0 THEN (n * 7919 % 1000) * 10000 END, NULL, 'final', 'đo tốc độ', NULL, '[]', 1, 1, at, at
FROM (
    SELECT row_number() OVER (ORDER BY m, i, u) AS n, i, m, u,
           timestamptz '2025-12-01 08:00+07' + (m - 1) * interval '1 month' + u * interval '1 second' AS at
    FROM generate_series(1, 50) i, generate_series(1, 12) m, generate_series(1, 1667) u
    WHERE (m - 1) * 1667 + u <= 20000
) each;

-- The departments lead the tasks, in each state alike.
INSERT INTO tasks
SELECT bench_id(2, n), format('N%s', n), 'bench', n::text, format('Nhiệm vụ số %s: số hóa hồ sơ, tài liệu', n),
       'Rà soát, chuẩn hóa và số hóa hồ sơ, tài liệu thuộc phạm vi quản lý; kết nối, chia sẻ dữ liệu.', NULL,
       'III.1', format('Nhóm %s', n % 7), NULL, format('D%s', lpad((n / 8 % 20 + 1)::text, 2, '0')), '[]',
       '{"name":"Nguyễn Văn A","position":"Giám đốc"}', date '2026-01-05', NULL, due_on, due_on, 'none', 'Báo cáo',
       50000000, 'normal', state, CASE state WHEN 'completed' THEN 1000000 ELSE 500000 END, 25000000,
       'Đã hoàn thành một nửa khối lượng', CASE WHEN state IN ('completed', 'awaiting_confirmation') THEN due_on - 3 END,
       '[]', NULL, format('nhiem vu so %s so hoa ho so tai lieu', n), 6, '2026-01-05', '2026-06-05'
FROM (
    SELECT n, date '2026-06-01' + (n % 365)::integer AS due_on,
           (ARRAY['assigned', 'accepted', 'returned', 'in_progress', 'suspended', 'awaiting_confirmation', 'completed',
                  'cancelled'])[n % 8 + 1] AS state
    FROM generate_series(1, 20000) n
) each;

-- Five updates for each task, one a month; a fifth of the tasks says in the last one what stands in the way.
INSERT INTO progress_updates
SELECT bench_id(3, (k - 1) * 20000 + n), bench_id(2, n), date '2026-01-28' + (k * 30)::integer, k * 100000,
       'Đã hoàn thành một phần khối lượng', k * 5000000, 3, CASE WHEN k = 5 AND n % 5 = 0 THEN 'Thiếu kinh phí' END,
       NULL, '[]', false, NULL, NULL, timestamptz '2026-01-28 15:00+07' + k * interval '30 days'
FROM generate_series(1, 20000) n, generate_series(1, 5) k;

-- The log: each version of what changes, as the service writes it.
INSERT INTO changes
SELECT 'task', id::text, v, CASE v WHEN 1 THEN 'task.created' ELSE 'task.updated' END, lead, NULL, 'bench',
       timestamptz '2026-01-28 15:00+07' + (v - 1) * interval '30 days',
       json_build_object('id', id, 'code', code, 'source', source, 'source_key', source_key, 'title', title,
           'description', description, 'document', document, 'clause', clause, 'group', "group", 'parent', parent,
           'lead', lead, 'coordinators', '[]'::json, 'leader', leader::json, 'assigned_on', assigned_on,
           'start_on', start_on, 'due_on', due_on, 'first_due_on', first_due_on, 'recurrence', recurrence,
           'deliverable', deliverable, 'planned_vnd', planned_vnd, 'priority', priority, 'state', state,
           'percent', (percent / 10000)::text, 'spent_vnd', spent_vnd, 'results', results,
           'completed_on', completed_on, 'indicators', '[]'::json, 'superseded_by', superseded_by, 'version', v,
           'created_at', '2026-01-05T00:00:00Z', 'updated_at', '2026-06-05T00:00:00Z')::text, NULL, NULL, 1
FROM tasks, generate_series(1, 6) v;

INSERT INTO changes
SELECT 'progress_update', updates.id::text, 1, 'progress_update.created', lead, NULL, 'bench', recorded_at,
       json_build_object('id', updates.id, 'task', task, 'as_of', as_of, 'percent', (updates.percent / 10000)::text,
           'results', updates.results, 'spent_vnd', updates.spent_vnd, 'people', people, 'obstacles', obstacles,
           'proposals', proposals, 'evidence', '[]'::json, 'nothing_to_report', nothing_to_report, 'reason', reason,
           'client', client, 'recorded_at', to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))::text,
       NULL, NULL, 1
FROM progress_updates updates JOIN tasks ON tasks.id = task;

INSERT INTO changes
SELECT 'observation', id::text, 1, 'observation.created', organization, NULL, 'bench', created_at,
       json_build_object('id', id, 'indicator', indicator, 'organization', organization, 'period', period,
           'breakdown', NULL, 'numerator', (numerator / 10000)::text, 'denominator', (denominator / 10000)::text,
           'value', (value / 10000)::text, 'missing', missing, 'status', status, 'source', source, 'note', note,
           'evidence', '[]'::json, 'definition', definition, 'version', version,
           'created_at', to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
           'updated_at', to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))::text, NULL, NULL, 1
FROM observations;

SET session_replication_role = origin;
VACUUM (FREEZE, ANALYZE);
CHECKPOINT;
