declare module 'pgpass' {
  /** Looks a password up in the file of PGPASSFILE or ~/.pgpass. */
  export default function pgpass(
    connection: { host: string; port: number; database: string; user: string },
    found: (password: string | undefined) => void,
  ): void;
}
