import { startPostgres } from '../../scripts/dist/testing/start-postgres.js';
import pg from 'pg';
import { randomBytes } from 'node:crypto';
const s = await startPostgres({settings:{fsync: process.env.FSYNC ?? 'off'}});
try {
const pool = new pg.Pool({ connectionString: s.uri, max: 16 });
const keysN = ['grantId','accountId','clientId','uid','sessionUid','minute','identifier','userCode','a','b','c'];
const rid = () => randomBytes(32).toString('base64url');
const payload = () => JSON.stringify({ sealed: randomBytes(500).toString('base64') });
await pool.query(`create table a (kind text collate "C" not null, id text collate "C" not null, payload text not null, keys jsonb not null, revision bigint not null, expires_at float8, consumed_attempt text, consumed_at float8, receipt text, primary key(kind,id))`);
await pool.query(`create index on a (expires_at) where expires_at is not null`);
for (const k of keysN) await pool.query(`create index on a (kind, ((keys->>'${k}') collate "C"), id) where keys->>'${k}' is not null`);
await pool.query(`create table b (kind text collate "C" not null, id text collate "C" not null, payload text not null, keys jsonb not null, revision bigint not null, expires_at float8, consumed_attempt text, consumed_at float8, receipt text, primary key(kind,id))`);
await pool.query(`create index on b (expires_at) where expires_at is not null`);
await pool.query(`create table bk (kind text collate "C" not null, key text collate "C" not null, value text collate "C" not null, spread text collate "C" not null, id text collate "C" not null, primary key (kind,key,value,spread))`);
await pool.query(`create table c (kind text collate "C" not null, id text collate "C" not null, payload text not null, revision bigint not null, expires_at float8, consumed_attempt text, consumed_at float8, receipt text, ${keysN.map(k=>`"k_${k}" text collate "C"`).join(',')}, primary key(kind,id))`);
await pool.query(`create index on c (expires_at) where expires_at is not null`);
for (const k of keysN) await pool.query(`create index on c (kind, "k_${k}", id) where "k_${k}" is not null`);
const variants = {
 jsonb_json: () => ({ name:'aj', text:`insert into a (kind,id,payload,keys,revision,expires_at) select kind,id,payload,keys,1,expires_at from json_to_recordset($1::json) as i(kind text,id text,payload text,keys jsonb,expires_at float8) on conflict (kind,id) do nothing`, values:[JSON.stringify([{kind:'AccessToken',id:rid(),payload:payload(),keys:{grantId:rid(),accountId:'ada',clientId:'web'},expires_at:1.8e9},{kind:'RefreshToken',id:rid(),payload:payload(),keys:{grantId:rid(),accountId:'ada',clientId:'web'},expires_at:1.8e9}])]}),
 jsonb_values: () => ({ name:'av', text:`insert into a (kind,id,payload,keys,revision,expires_at) values ($1,$2,$3,$4::jsonb,1,$5),($6,$7,$8,$9::jsonb,1,$10) on conflict (kind,id) do nothing`, values:['AccessToken',rid(),payload(),JSON.stringify({grantId:rid(),accountId:'ada',clientId:'web'}),1.8e9,'RefreshToken',rid(),payload(),JSON.stringify({grantId:rid(),accountId:'ada',clientId:'web'}),1.8e9]}),
 keystable: () => ({ name:'bj', text:`with i as materialized (select * from json_to_recordset($1::json) as i(kind text,id text,payload text,keys jsonb,expires_at float8)), r as (insert into b (kind,id,payload,keys,revision,expires_at) select kind,id,payload,keys,1,expires_at from i on conflict (kind,id) do nothing returning 1) insert into bk select i.kind,k.key,k.value,i.id,i.id from i, jsonb_each_text(i.keys) k`, values:[JSON.stringify([{kind:'AccessToken',id:rid(),payload:payload(),keys:{grantId:rid(),accountId:'ada',clientId:'web'},expires_at:1.8e9},{kind:'RefreshToken',id:rid(),payload:payload(),keys:{grantId:rid(),accountId:'ada',clientId:'web'},expires_at:1.8e9}])]}),
 columns_values: () => ({ name:'cv', text:`insert into c (kind,id,payload,revision,expires_at,"k_grantId","k_accountId","k_clientId") values ($1,$2,$3,1,$5,$4,'ada','web'),($6,$7,$8,1,$10,$9,'ada','web') on conflict (kind,id) do nothing`, values:['AccessToken',rid(),payload(),rid(),1.8e9,'RefreshToken',rid(),payload(),rid(),1.8e9]}),
};
for (let round=0; round<2; round++) for (const [name, q] of Object.entries(variants)) {
  const N = 6000; let n=0; const t=performance.now();
  await Promise.all(Array.from({length:16}, async()=>{ while(n<N){ n++; await pool.query(q()); } }));
  const ms=performance.now()-t; console.log(name, (N/ms*1000).toFixed(0),'/s');
}
const [{rows:[sz]}] = [await pool.query(`select pg_total_relation_size('a') a, pg_total_relation_size('b') b, pg_total_relation_size('bk') bk, pg_total_relation_size('c') c`)];
console.log(sz);
await pool.end();
} finally { await s.stop(); }
