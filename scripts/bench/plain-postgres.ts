import pg from 'pg';
import { byKind, epoch, type Payload, plainKinds, type PlainStore } from './plain-adapter.js';

/** The engine's records in PostgreSQL as most teams keep them: a table for each kind, and an upsert for each record. */
export async function plainPostgres(uri: string, prefix: string): Promise<PlainStore> {
  const pool = new pg.Pool({ connectionString: uri });
  const tableOf = (kind: string): string => `${prefix}${kind.toLowerCase()}`;
  for (const kind of plainKinds) {
    const table = tableOf(kind);
    await pool.query(`create table ${table} (
      id text primary key, payload jsonb not null, grant_id text, uid text, user_code text, expires_at timestamptz)`);
    for (const column of ['grant_id', 'uid', 'user_code', 'expires_at']) {
      await pool.query(`create index on ${table} (${column})`);
    }
  }
  const adapter = byKind((kind) => {
    const table = tableOf(kind);
    const findBy = async (column: string, value: string): Promise<Payload | undefined> => {
      const text = `select payload from ${table} where ${column} = $1 and (expires_at is null or expires_at > now())`;
      const { rows } = await pool.query<{ payload: Payload }>(text, [value]);
      return rows[0]?.payload;
    };
    return {
      async upsert(id, payload, expiresIn) {
        const { grantId, uid, userCode } = payload;
        const expiry = expiresIn ? new Date(Date.now() + expiresIn * 1000) : null;
        await pool.query(
          `insert into ${table} (id, payload, grant_id, uid, user_code, expires_at) values ($1, $2, $3, $4, $5, $6)
           on conflict (id) do update set payload = excluded.payload, grant_id = excluded.grant_id, uid = excluded.uid,
           user_code = excluded.user_code, expires_at = excluded.expires_at`,
          [id, JSON.stringify(payload), grantId ?? null, uid ?? null, userCode ?? null, expiry],
        );
      },
      find: (id) => findBy('id', id),
      findByUid: (uid) => findBy('uid', uid),
      findByUserCode: (userCode) => findBy('user_code', userCode),
      async consume(id) {
        const text = `update ${table} set payload = jsonb_set(payload, '{consumed}', to_jsonb($2::bigint)) where id = $1`;
        await pool.query(text, [id, epoch()]);
      },
      async destroy(id) {
        await pool.query(`delete from ${table} where id = $1`, [id]);
      },
      async revokeByGrantId(grantId) {
        await pool.query(`delete from ${table} where grant_id = $1`, [grantId]);
      },
    };
  });
  return { adapter, close: () => pool.end() };
}
