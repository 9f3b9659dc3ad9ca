import pg from 'pg';

/** What the driver's client and connection have, and its types do not say. */
interface Cancellable {
  readonly processID: number;
  readonly secretKey: number;
  readonly ssl: unknown;
  readonly sslNegotiation: unknown;
}
interface Canceller {
  connect(port: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processId: number, secretKey: number): void;
}

/**
 * Asks the server to end what this client has it do, as the protocol says: by the same way as the connection itself, with
 * the key that it was given. Behind a pooler that key is the pooler's, which knows where the statement runs, and whether it
 * still does. Resolves when the request was taken, or could not be brought.
 */
export async function cancelRequest(client: pg.Client, timeoutMs: number): Promise<void> {
  const { processID, secretKey, ssl, sslNegotiation } = client as unknown as Cancellable;
  const connection = new pg.Connection({ ssl, sslNegotiation } as pg.ConnectionConfig);
  const canceller = connection as pg.Connection & Canceller;
  const cancel = () => canceller.cancel(processID, secretKey);
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, timeoutMs);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    connection.on('connect', () => {
      if (!ssl) cancel();
      else if (sslNegotiation !== 'direct') canceller.requestSsl();
    });
    connection.on('sslconnect', cancel);
    connection.on('error', done);
    // The server closes it once the signal is sent.
    connection.on('end', done);
    if (client.host.startsWith('/')) canceller.connect(`${client.host}/.s.PGSQL.${client.port}`);
    else canceller.connect(client.port, client.host);
  });
  connection.stream.destroy();
}
