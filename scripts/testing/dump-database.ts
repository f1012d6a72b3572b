/** Reads everything that a database holds under names that begin so, whatever wrote it: each row or document as text. */
export type DumpDatabase = (uri: string, prefix?: string) => Promise<readonly string[]>;

/** The documents of all collections, with binary values as base64. */
export const dumpMongo: DumpDatabase = async (uri, prefix = '') => {
  const { default: mongoose } = await import('mongoose');
  const connection = await mongoose.createConnection(uri).asPromise();
  try {
    const collections = (await connection.listCollections()).filter(({ name }) =>
      name.startsWith(prefix),
    );
    const dumps = collections.map(async ({ name }) => {
      const documents = await connection.collection(name).find().toArray();
      return documents.map((document) => JSON.stringify({ collection: name, ...document }));
    });
    return (await Promise.all(dumps)).flat();
  } finally {
    await connection.close();
  }
};

/** The rows of all tables. */
export const dumpPostgres: DumpDatabase = async (uri, prefix = '') => {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: uri });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ tablename: string }>(
      'select tablename from pg_tables where schemaname = current_schema() and starts_with(tablename, $1)',
      [prefix],
    );
    const dump: string[] = [];
    for (const { tablename } of tables) {
      const { rows } = await client.query<{ row: string }>(
        `select to_jsonb(t)::text as row from ${client.escapeIdentifier(tablename)} t`,
      );
      dump.push(...rows.map(({ row }) => `{"table":${JSON.stringify(tablename)},"row":${row}}`));
    }
    return dump;
  } finally {
    await client.end();
  }
};
