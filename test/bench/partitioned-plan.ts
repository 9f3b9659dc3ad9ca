import { writeFile } from 'node:fs/promises';
import pg from 'pg';
import type { Sql } from 'sql-template-tag';
import { scan } from '../../shared/diagnose/scan/scan.ts';
import { openSession, type Session } from '../../shared/session.ts';
import { settingsFrom } from '../../shared/settings/settings.ts';
import { startPostgres } from '../support/postgres-server.ts';
import { makeFleetOf } from './fleet-of.ts';

/**
 * Writes docs/partitioned-plan.md: how PostgreSQL runs the scan where the table of flows is partitioned.
 * Usage: partitioned-plan.ts [flows]
 */
const flows = Number(process.argv[2] ?? 100_000);
const PARTITIONS = 4;

const server = await startPostgres();
const client = new pg.Client({ connectionString: server.url });
try {
  await client.connect();
  await makeFleetOf(client, flows);
  await partition();
  const session = await openSession(settingsFrom({ FLOWMEND_DATABASE_URL: server.url }));
  const { statement, found } = await scanStatement(session);
  await session.close();
  await client.query('set search_path = pg_catalog; set jit = off');
  const { rows } = await client.query({
    text: `explain (analyze, costs off, timing off, buffers off, summary off) ${statement.text}`,
    values: statement.values,
  });
  const plan = rows.map((row) => row['QUERY PLAN'] as string);
  await writeFile('docs/partitioned-plan.md', page(plan, found));
} finally {
  await client.end();
  await server.stop();
}

async function partition(): Promise<void> {
  await client.query(`
    alter table migration.discovery_flows rename to old_flows;
    create table migration.discovery_flows (like migration.old_flows including defaults,
      primary key (id, client_account_id), unique (flow_id, client_account_id)) partition by hash (client_account_id)`);
  for (let part = 0; part < PARTITIONS; part++) {
    await client.query(`create table migration.flows_${part} partition of migration.discovery_flows
      for values with (modulus ${PARTITIONS}, remainder ${part})`);
  }
  await client.query(`insert into migration.discovery_flows select * from migration.old_flows`);
  await client.query('drop table migration.old_flows');
  await client.query('vacuum (analyze)');
}

/** The statement of a whole scan, as it goes to the server, and how many flows it finds. */
async function scanStatement(session: Session): Promise<{ statement: Sql; found: number }> {
  const statements: Sql[] = [];
  const reader: Session['reader'] = {
    ...session.reader,
    stream(statement, signal) {
      statements.push(statement);
      return session.reader.stream(statement, signal);
    },
  };
  const { totals } = await scan({ ...session, reader });
  const [statement] = statements;
  if (!statement || totals.flows !== flows) throw new Error('The scan did not see the partitioned table.');
  return { statement, found: totals.flows - totals.healthy };
}

/** Filters are long expressions of the rules: what matters here is how the tables are read. */
function shortened(line: string): string {
  return line.length > 130 ? `${line.slice(0, 127)}...` : line;
}

function page(plan: readonly string[], found: number): string {
  const parallel = plan.filter((line) => /Parallel Append|Gather|Workers Launched/.test(line)).length;
  if (parallel === 0) throw new Error(`No parallel plan:\n${plan.join('\n')}`);
  return `# The scan over a partitioned table

\`flowmend scan\` is one statement, and where the platform's table of flows is partitioned PostgreSQL reads its partitions side
by side: \`Parallel Append\` below. Nothing has to be told to Flowmend; it names the parent and the planner does the rest.

Made by \`node test/bench/partitioned-plan.ts\`: ${flows} flows in ${PARTITIONS} hash partitions by \`client_account_id\`, PostgreSQL's own
settings, ${found} flows with findings. The filters are cut; they are the rules.

\`\`\`
${plan.map(shortened).join('\n')}
\`\`\`
`;
}
