import { startPostgres } from '../../scripts/dist/testing/start-postgres.js';
import { postgresStore } from './dist/index.js';
import pg from 'pg';
import { randomBytes } from 'node:crypto';
const s = await startPostgres({settings:{fsync: process.env.FSYNC ?? 'off', synchronous_commit: process.env.SC ?? 'on'}});
const pool = new pg.Pool({ connectionString: s.uri, max: 32 });
try {
const core = await import('../core/dist/engine/kinds.js');
const rid = () => randomBytes(32).toString('base64url');
const payload = () => JSON.stringify({ sealed: randomBytes(500).toString('base64') });
const store = postgresStore({ pool });
await store.open(core.coreKinds);
const now = 1.8e9;
async function bench(name, N, conc, fn) { let n=0; const t=performance.now(); await Promise.all(Array.from({length:conc}, async()=>{ while(n<N){ const i=n++; await fn(i); } })); const ms=performance.now()-t; console.log(name.padEnd(40), (N/ms*1000).toFixed(0).padStart(6),'/s'); }
const kk = () => ({grantId:rid(),accountId:'ada',clientId:'web'});
const codes = Array.from({length:8000}, rid);
for (const c of [1, 32]) {
await bench(`insert 1 @${c}`, c===1?1500:4000, c, (i) => store.commit([{insert:{kind:'AuthorizationCode',id:c===32?codes[i]:'x'+i,payload:payload(),keys:kk(),expiresAt:now+60}}], now));
}
await bench('find by id @32', 8000, 32, (i)=>store.find('AuthorizationCode',{id:codes[i%4000]},now));
await bench('findRelated (code, grant) @32', 4000, 32, (i)=>store.findRelated('AuthorizationCode',{id:codes[i%4000]},[{kind:'Grant',key:'id',from:'grantId'},{kind:'Session',key:'accountId',from:'accountId'}],now));
await bench('redeem: consume + 2 inserts @32', 4000, 32, (i) => store.commit([{consume:{kind:'AuthorizationCode',id:codes[i],attempt:rid()}},{insert:{kind:'AccessToken',id:rid(),payload:payload(),keys:kk(),expiresAt:now+60}},{insert:{kind:'RefreshToken',id:rid(),payload:payload(),keys:kk(),expiresAt:now+6000}}], now));
await bench('put plain @32', 4000, 32, (i)=>store.commit([{put:{kind:'Grant',id:'g'+(i%500),payload:payload(),keys:{accountId:'ada'}}}],now));
await bench('conflict: consumed @32', 2000, 32, (i)=>store.commit([{consume:{kind:'AuthorizationCode',id:codes[i],attempt:'other'}},{insert:{kind:'AccessToken',id:rid(),payload:payload(),keys:kk(),expiresAt:now+60}}], now).then(()=>{throw 1},()=>{}));
const big = Array.from({length:10000},(_,i)=>({insert:{kind:'AccessToken',id:'b'+i,payload:'{}',keys:{grantId:'G'},expiresAt:now+5}}));
let t=performance.now(); await store.commit(big, now); console.log('10,000 inserts in one commit', (performance.now()-t).toFixed(0),'ms');
t=performance.now(); await store.commit([{removeAll:{kind:'AccessToken',key:'grantId',value:'G'}}], now); console.log('removeAll 10,000', (performance.now()-t).toFixed(0),'ms');
await store.commit(big, now);
t=performance.now(); console.log(await store.purge(now+10, 100000), (performance.now()-t).toFixed(0),'ms');
} finally { await pool.end(); await s.stop(); }
