import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ExternalSigner, PublicJwk } from '@gatehouse/core';
import { pauseProcess } from '../../../scripts/testing/pause-process.js';

/** A key service in another process. */
export interface SignerProcess {
  readonly signer: ExternalSigner;
  tell(mode: 'work' | 'fail'): Promise<void>;
  /** It stands still and answers nobody. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

/** Starts it, on a free port of 127.0.0.1. */
export async function startSigner(): Promise<SignerProcess> {
  const { NODE_OPTIONS: _own, ...env } = process.env;
  const child: ChildProcess = fork(fileURLToPath(new URL('./signer.mjs', import.meta.url)), {
    env,
    execArgv: [],
  });
  const [{ port, keys }] = (await once(child, 'message')) as [{ port: number; keys: PublicJwk[] }];
  return {
    signer: {
      jwks: { keys },
      async sign(_alg, kid, bytes) {
        const url = `http://127.0.0.1:${port}/${kid}`;
        const response = await fetch(url, { method: 'POST', body: Buffer.from(bytes) });
        if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
        return new Uint8Array(await response.arrayBuffer());
      },
    },
    async tell(mode) {
      const told = once(child, 'message');
      child.send(mode);
      await told;
    },
    pause: () => pauseProcess(child),
    resume: () => void child.kill('SIGCONT'),
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
