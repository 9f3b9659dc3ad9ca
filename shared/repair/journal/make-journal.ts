import sql from 'sql-template-tag';
import { z } from 'zod';
import type { Transaction, Writer } from '../../database/sql/reader.ts';
import { Failure } from '../../failure.ts';
import type { WriteSession } from '../../session.ts';
import { journalShape } from './journal.ts';
import type { JournalPlace } from './journal-place.ts';

/**
 * The place, made ready for a receipt: the table is made where there is none, and brought up to date where an older
 * Flowmend made it. Undefined where there is none and making it was not agreed to.
 * @throws Failure `journal-outdated` where bringing it up to date was not agreed to, or the table is not this role's
 */
export async function readyJournal(
  { writer, primary }: WriteSession,
  place: JournalPlace,
  agreement: { readonly createJournal: boolean },
): Promise<JournalPlace | undefined> {
  if (place.kind === 'file' || place.state === 'current') return place;
  if (place.state === 'outdated') {
    if (!agreement.createJournal) throw outdated('Apply it again and agree that the journal is brought up to date.');
    const { makeable } = await journalShape(primary);
    if (!makeable) throw outdated('Ask its owner to run the SQL under "An older journal" in docs/rights.md.');
  } else if (!agreement.createJournal) return undefined;
  await makeJournal(writer);
  return { ...place, state: 'current' };
}

/**
 * Makes the journal: the schema `flowmend` with one table; or gives an older one the shape of today, with its receipts.
 * Harmless where it is as it should be.
 * @throws Failure `no-rights` where the role may not; `journal-outdated` where it is of no shape that Flowmend made
 */
export function makeJournal(writer: Writer): Promise<void> {
  return writer.transaction(async (transaction) => {
    // Two first uses at once would both try to create it; the lock lets one go first.
    // It is not the wait for a row that lock_timeout bounds: the statement's own limit does.
    const bound = await lockTimeout(transaction);
    await transaction.write(
      sql`select set_config('lock_timeout', '0', true), pg_advisory_xact_lock(hashtext('flowmend.journal'))`,
    );
    await transaction.write(sql`select set_config('lock_timeout', ${bound}, true)`);
    const { state, takesParts } = await journalShape(transaction);
    if (state === 'missing') await create(transaction);
    if (state === 'outdated' || !takesParts) await bringUpToDate(transaction);
    // A receipt of many flows is long: where this server has lz4, packing it costs a tenth.
    if (state !== 'current') {
      await transaction.write(sql`
        do $$ begin
          perform pg_control_system();
          execute 'alter table flowmend.journal alter column system_identifier
            set default (pg_control_system()).system_identifier::text';
        -- Whoever runs the server may have kept this from ordinary roles.
        exception when insufficient_privilege then null; end $$`);
      await transaction.write(sql`
        do $$ begin
          execute 'alter table flowmend.journal alter column changes set compression lz4';
        exception when others then null; end $$`);
    }
    if ((await journalShape(transaction)).state !== 'current') {
      throw outdated('It is of no shape that Flowmend made: compare it with the SQL in docs/rights.md.');
    }
    return { ending: 'commit', value: undefined };
  });
}

async function create(transaction: Transaction): Promise<void> {
  await transaction.write(sql`create schema if not exists flowmend`);
  await transaction.write(sql`
    create table if not exists flowmend.journal (
      id uuid primary key default gen_random_uuid(),
      plan_hash text not null,
      batch integer not null default 0,
      kind text not null,
      applied_at timestamptz not null default now(),
      flows uuid[] not null,
      reason text,
      db_role text not null default current_user,
      os_user text not null,
      host text not null,
      -- JSON; as text, since PostgreSQL would check every byte of it while the rows of a batch are held
      changes text not null,
      undoes uuid references flowmend.journal (id),
      -- Which server and database, by defaults alone: an INSERT that named them would not fit the tables of 0.1.0.
      database text default current_database(),
      system_identifier text,
      unique (plan_hash, batch),
      constraint journal_undoes_key unique (undoes, plan_hash, batch)
    )`);
}

/**
 * What was there before there were batches, or undos of a part, and what kept its changes as json or jsonb, becomes what {@link create} makes.
 * Every receipt stays, and says what it said: the text of its changes is what PostgreSQL prints of them.
 */
async function bringUpToDate(transaction: Transaction): Promise<void> {
  await transaction.write(sql`
    alter table flowmend.journal
      add column if not exists batch integer not null default 0,
      add column if not exists database text,
      add column if not exists system_identifier text,
      drop constraint if exists journal_plan_hash_key,
      drop constraint if exists journal_plan_hash_batch_key,
      drop constraint if exists journal_undoes_key,
      alter column changes type text using changes::text`);
  // The receipts that are there already are of no known server: the default comes after the column.
  await transaction.write(sql`
    alter table flowmend.journal
      alter column database set default current_database(),
      add unique (plan_hash, batch),
      add constraint journal_undoes_key unique (undoes, plan_hash, batch)`);
}

async function lockTimeout(transaction: Transaction): Promise<string> {
  const [row] = await transaction.read(sql`select current_setting('lock_timeout') as bound`);
  return z.object({ bound: z.string() }).parse(row).bound;
}

function outdated(next: string): Failure {
  return new Failure('journal-outdated', 'The journal in this database was made by an older Flowmend.', { next });
}
