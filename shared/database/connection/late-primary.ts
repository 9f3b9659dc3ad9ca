import { Failure } from '../../failure.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Reader, Writer } from '../sql/reader.ts';
import { isAnother, readNamedServer } from '../sql/server-identity.ts';

type Identity = Pick<Catalog, 'server' | 'databaseName'>;

/** What leads to a primary, and what is known of the database behind it. */
export interface ToPrimary {
  readonly primary: Reader;
  readonly writer: Writer | undefined;
  readonly catalog: Catalog;
}

/** Plans and receipts are of the server that is written, which a logical replica is not. */
export async function writtenServer(primary: Reader): Promise<Identity> {
  const { name: databaseName, ...server } = await readNamedServer(primary);
  return { server, databaseName };
}

/**
 * The way to a primary that did not answer when the catalog was read of its replica: the catalog gets the server and the
 * database of the primary before anything is read or written there.
 */
export function latePrimary({ primary, writer, catalog }: ToPrimary): Pick<ToPrimary, 'primary' | 'writer'> {
  let asking: Promise<Identity> | undefined;
  const learn = async () => {
    asking ??= writtenServer(primary);
    try {
      Object.assign(catalog, await asking);
    } catch (thrown) {
      asking = undefined;
      throw thrown;
    }
  };
  return {
    primary: {
      async read(statement, signal) {
        await learn();
        return primary.read(statement, signal);
      },
    },
    writer: writer && writerAfter(writer, () => learnToWrite(catalog, learn)),
  };
}

/**
 * Whether a plan is of this database was asked before the primary answered.
 * @throws Failure `no-connection` where it is another than the replica
 */
async function learnToWrite(catalog: Catalog, learn: () => Promise<void>): Promise<void> {
  const { server, databaseName } = catalog;
  await learn();
  if (!isAnother(server, catalog.server) && databaseName === catalog.databaseName) return;
  throw new Failure(
    'no-connection',
    'The primary answers only now, and is another database than the replica that was read until now: nothing was written.',
    { next: 'Do it once more: it is asked of the primary then.' },
  );
}

function writerAfter(writer: Writer, ready: () => Promise<void>): Writer {
  return {
    async transaction(work, signal) {
      await ready();
      return writer.transaction(work, signal);
    },
    async trial(work, signal) {
      await ready();
      return writer.trial(work, signal);
    },
    onOneConnection: (work) => writer.onOneConnection((one) => work(writerAfter(one, ready))),
  };
}
