import type { StoreConfig } from './node-config.js';

/** A database of a cluster, reached beside its servers. */
export interface ExpiredTokens {
  /** Makes so many refresh tokens that ran out long ago, each like a real one that is there. */
  insert(count: number): Promise<void>;
  /** How many of them are left. */
  left(): Promise<number>;
  close(): Promise<void>;
}

interface Token {
  readonly _id: string;
  readonly keys: object;
  readonly index: readonly string[];
}

// Each its own moment, and a few of them to a grant, as in life.
const longAgo = 1_000_000_000;

/** Opens the database of a store that has handed out a refresh token. */
export function expiredTokens(store: StoreConfig): Promise<ExpiredTokens> {
  return store.kind === 'mongo' ? inMongo(store) : inPostgres(store);
}

async function inPostgres({ uri, prefix }: StoreConfig): Promise<ExpiredTokens> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: uri });
  await client.connect();
  const table = client.escapeIdentifier(`${prefix}records`);
  return {
    async insert(count) {
      await client.query(
        `insert into ${table} select r.kind, 'expired' || n, r.payload,
         r.keys || jsonb_build_object('grantId', 'g' || n / 4), 1, $1::numeric + n
         from (select * from ${table} where kind = 'RefreshToken' limit 1) r, generate_series(1, $2::int) n`,
        [longAgo, count],
      );
    },
    async left() {
      const text = `select count(*)::int as count from ${table} where id like 'expired%'`;
      const { rows } = await client.query<{ count: number }>(text);
      return rows[0]?.count ?? 0;
    },
    close: () => client.end(),
  };
}

async function inMongo({ uri, prefix }: StoreConfig): Promise<ExpiredTokens> {
  const { default: mongoose } = await import('mongoose');
  const connection = await mongoose.createConnection(uri).asPromise();
  const records = connection.collection<Token>(`${prefix}records`);
  const batch = 5000;
  return {
    async insert(count) {
      const real = await records.findOne({ _id: /^RefreshToken\// });
      if (real === null) throw new Error('there is no refresh token to copy');
      for (let from = 0; from < count; from += batch) {
        const copies = Array.from({ length: Math.min(batch, count - from) }, (_, index) => {
          const expiresAt = longAgo + from + index;
          const sweepAt = new Date(expiresAt * 1000);
          const grantId = `g${(from + index) >> 2}`;
          return {
            ...real,
            _id: `RefreshToken/expired${from + index}`,
            keys: { ...real.keys, grantId },
            index: real.index.map((entry) => `${entry.split('=')[0]}=${grantId}`),
            expiresAt,
            sweepAt,
          };
        });
        await records.insertMany(copies, { ordered: false });
      }
    },
    left: () => records.countDocuments({ _id: /^RefreshToken\/expired/ }),
    close: () => connection.close(),
  };
}
