import type { Plugin } from '@gatehouse/core';
import { form, install, interaction, secret, testRuntime } from '../test/host.js';
import { passwordLogin } from './password-login.js';

const wrong = { error: 'That name and password do not match.', status: 422 };

/** A host's own check, which counts its calls. */
function hostCheck() {
  const calls: { identifier: string; password: string }[] = [];
  const verify = ({ identifier, password }: { identifier: string; password: string }) => {
    calls.push({ identifier, password });
    return password === 'right' ? { id: `account of ${identifier}` } : null;
  };
  return { calls, verify };
}

describe('password login by the host’s own check', () => {
  it('logs in with the id of the account that the host returned', async () => {
    const { verify, calls } = hostCheck();
    const { attempt, kinds, passwords } = install(passwordLogin({ verify }), await testRuntime());
    await expect(attempt(' ada ', ' right')).resolves.toEqual(wrong);
    await expect(attempt(' Ada ', 'right')).resolves.toEqual({
      login: { accountId: 'account of Ada', amr: ['pwd'] },
    });
    expect(calls).toEqual([
      { identifier: 'ada', password: ' right' },
      { identifier: 'Ada', password: 'right' },
    ]);
    expect(kinds).toEqual(['PasswordPlace']);
    await expect(passwords?.set('a1', 'ada', 'correct horse')).rejects.toThrow('has a "verify"');
  });

  it('looks up an id that the host returned', async () => {
    const runtime = await testRuntime();
    const { attempt } = install(passwordLogin({ verify: () => 'a1' }), runtime);
    await expect(attempt('ada', 'right')).resolves.toMatchObject({ login: { accountId: 'a1' } });
    runtime.deactivated.add('a1');
    await expect(attempt('ada', 'right')).resolves.toEqual(wrong);
  });

  it.each([[null], [undefined], [''], [false as never]])(
    'takes %j for a refusal',
    async (nothing) => {
      const { attempt } = install(
        passwordLogin({ verify: () => nothing as null }),
        await testRuntime(),
      );
      await expect(attempt('ada', 'right')).resolves.toEqual(wrong);
    },
  );

  it('asks nobody about an empty name, an empty password or a megabyte', async () => {
    const { verify, calls } = hostCheck();
    const { attempt, method } = install(passwordLogin({ verify }), await testRuntime());
    for (let round = 0; round < 20; round += 1) {
      await expect(attempt('   ', 'right')).resolves.toEqual(wrong);
      await expect(attempt('ada', '')).resolves.toEqual(wrong);
      await expect(attempt('ada', 'x'.repeat(1025))).resolves.toEqual(wrong);
      await expect(attempt('x'.repeat(321), 'right')).resolves.toEqual(wrong);
      await expect(method.submit(interaction(), form({}))).resolves.toEqual(wrong);
    }
    expect(calls).toEqual([]);
  });

  it('says the context class that the host gives it, and none by itself', async () => {
    const { verify } = hostCheck();
    const acr = 'urn:acme:password';
    const { attempt } = install(passwordLogin({ verify, acr }), await testRuntime());
    const login = { accountId: 'account of ada', amr: ['pwd'], acr };
    await expect(attempt('ada', 'right')).resolves.toEqual({ login });
    await expect(attempt('ada', 'wrong')).resolves.toEqual(wrong);
  });

  it('counts nothing when the check itself fails', async () => {
    const verify = () => Promise.reject(new Error('no database'));
    const { attempt } = install(passwordLogin({ verify }), await testRuntime());
    for (let round = 0; round < 20; round += 1) {
      await expect(attempt('ada', 'right')).rejects.toThrow('no database');
    }
  });

  it('answers 429 with the wait, and asks nobody, once there were too many failures', async () => {
    const { verify, calls } = hostCheck();
    const { attempt } = install(passwordLogin({ verify }), await testRuntime());
    for (let round = 0; round < 5; round += 1) await attempt('ada', 'wrong');
    await expect(attempt('ada', 'right')).resolves.toEqual({
      error: 'Too many attempts. Try again in 60 seconds.',
      status: 429,
      retryAfterSeconds: 60,
    });
    // Another spelling of the same name is the same name.
    await expect(attempt('ADA', 'right')).resolves.toMatchObject({ status: 429 });
    expect(calls).toHaveLength(5);
  });

  it('counts by the host’s own spelling when it says how', async () => {
    const { verify, calls } = hostCheck();
    const normalize = (text: string) => text.replace(/\+.*@/, '@');
    const plugin = passwordLogin({ verify, identifier: { normalize } });
    const { attempt } = install(plugin, await testRuntime());
    for (let tag = 0; tag < 20; tag += 1) await attempt(`ada+${tag}@example.com`, 'wrong');
    expect(calls).toHaveLength(5);
  });

  it('says that it is unlimited, and counts nothing, when the host limits elsewhere', async () => {
    const { verify, calls } = hostCheck();
    const plugin = passwordLogin({ verify, limits: false });
    const { attempt, method, limits, kinds } = install(plugin, await testRuntime());
    for (let round = 0; round < 20; round += 1) await attempt('ada', 'wrong');
    expect(calls).toHaveLength(20);
    expect([method.limited, limits, kinds]).toEqual([false, [], []]);
  });
});

describe('password login by managed passwords', () => {
  it('gives the host its handle and checks what it set', async () => {
    const runtime = await testRuntime();
    const { attempt, kinds, method, passwords } = install(passwordLogin(), runtime);
    await passwords?.set('a1', 'ada@example.com', 'correct horse');
    await expect(attempt('Ada@example.com', 'correct horse')).resolves.toEqual({
      login: { accountId: 'a1', amr: ['pwd'] },
    });
    await expect(attempt('ada@example.com', 'wrong horse')).resolves.toEqual(wrong);
    await expect(attempt('bob@example.com', 'wrong horse')).resolves.toEqual(wrong);
    expect(kinds.sort()).toEqual(['Password', 'PasswordKey', 'PasswordPlace']);
    expect(method.limited).toBe(true);
  });

  it('does not log a deactivated account in', async () => {
    const runtime = await testRuntime();
    const { attempt, passwords } = install(passwordLogin({ managed: true }), runtime);
    await passwords?.set('a1', 'ada', 'correct horse');
    runtime.deactivated.add('a1');
    await expect(attempt('ada', 'correct horse')).resolves.toEqual(wrong);
  });

  it('limits names that nobody has like any other', async () => {
    const runtime = await testRuntime();
    const { attempt, passwords } = install(passwordLogin(), runtime);
    await passwords?.set('a1', 'ada', 'correct horse');
    const answers = async (identifier: string) => {
      const replies = [];
      for (let round = 0; round < 7; round += 1) replies.push(await attempt(identifier, 'wrong'));
      return replies;
    };
    expect(await answers('nobody')).toEqual(await answers('ada'));
  });

  it('tells people to come back when too many wait, and counts nothing', async () => {
    const runtime = await testRuntime();
    const hashing = { parallel: 1, waiting: 0 };
    const { attempt, passwords } = install(passwordLogin({ hashing }), runtime);
    await passwords?.set('a1', 'ada', 'correct horse');
    const replies = await Promise.all(
      Array.from({ length: 15 }, (_, index) => attempt('ada', 'correct horse', `192.0.2.${index}`)),
    );
    const busy = { status: 503, retryAfterSeconds: 5 };
    expect(replies.filter((reply) => 'login' in reply).length).toBeGreaterThan(0);
    expect(replies).toContainEqual(expect.objectContaining(busy));
    for (const reply of replies) if ('error' in reply) expect(reply).toMatchObject(busy);
  });

  it('leaves no identifier and no address of a person in the store', async () => {
    const runtime = await testRuntime();
    const { attempt, passwords } = install(passwordLogin(), runtime);
    await passwords?.set('a1', 'ada@example.com', 'correct horse');
    await attempt('ada@example.com', 'correct horse', '198.51.100.7');
    const { records } = await runtime.store.list('PasswordPlace', 'all', { now: 0 });
    expect(records).toHaveLength(1);
    expect(JSON.stringify(records)).not.toMatch(/ada|example|198\.51/);
    expect(JSON.stringify(records)).not.toContain(secret);
  });
});

describe('the form of password login', () => {
  const view = async (plugin: Plugin, params = {}) =>
    install(plugin, await testRuntime()).method.view(interaction('192.0.2.1', params));

  it('tells password managers and keyboards what the fields are', async () => {
    await expect(view(passwordLogin())).resolves.toEqual({
      fields: [
        {
          name: 'identifier',
          label: 'Email or username',
          type: 'text',
          autocomplete: 'username',
          inputmode: 'email',
          required: true,
          maxLength: 320,
        },
        {
          name: 'password',
          label: 'Password',
          type: 'password',
          autocomplete: 'current-password',
          required: true,
          maxLength: 1024,
        },
      ],
      submit: 'Sign in',
    });
  });

  it('takes the host’s words and links, and the hint of the client', async () => {
    const links = [{ label: 'Forgot it?', url: '/reset' }];
    const plugin = passwordLogin({ identifier: { label: 'Phone', type: 'tel' }, links });
    const shown = await view(plugin, { login_hint: 'ada' });
    expect(shown).toMatchObject({
      links,
      fields: [{ label: 'Phone', type: 'tel', value: 'ada' }, {}],
    });
  });
});

describe('the options of password login', () => {
  it.each([
    ['verfy', 'is not an option. Did you mean "verify"?'],
    ['remember', 'is not an option. Use verify, managed, '],
  ])('say what was meant by %s', async (name, message) => {
    const plugin = passwordLogin({ [name]: () => null });
    const { problems } = install(plugin, await testRuntime());
    expect(problems).toEqual([
      { path: `passwordLogin.${name}`, message: expect.stringContaining(message) },
    ]);
  });

  const problemsOf = async (options: object) =>
    install(passwordLogin(options), await testRuntime()).problems.map(({ path }) => path);

  const mistakes: readonly (readonly [object, readonly string[]])[] = [
    [{}, []],
    [{ hashing: { memoryKiB: 7168, iterations: 5 } }, []],
    [{ hashing: { memoryKiB: 47_104, iterations: 1 } }, []],
    [{ verfy: () => null }, ['passwordLogin.verfy']],
    [{ verify: 'yes' }, ['passwordLogin.verify']],
    [{ verify: () => null, managed: true }, ['passwordLogin.managed']],
    [{ verify: () => null, hashing: {} }, ['passwordLogin.hashing']],
    [{ hashing: { memoryKiB: 4096 } }, ['passwordLogin.hashing']],
    [{ hashing: { iterations: 1 } }, ['passwordLogin.hashing']],
    [
      { hashing: { parallel: 0, waiting: -1 } },
      ['passwordLogin.hashing.parallel', 'passwordLogin.hashing.waiting'],
    ],
    [{ hashing: { minLength: 1.5 } }, ['passwordLogin.hashing.minLength']],
    [{ acr: 'urn:acme:password' }, []],
    ...['', ' ', 'urn:acme password', 'urn:acme:password\n', ['urn:acme'], 1, null].map(
      (acr) => [{ acr }, ['passwordLogin.acr']] as const,
    ),
  ];

  it('says what acr was and what it may be', async () => {
    const { problems } = install(passwordLogin({ acr: 'a b' }), await testRuntime());
    expect(problems.map(({ message }) => message)).toEqual([
      'must be one name without spaces, such as "urn:acme:password", got "a b".',
    ]);
  });

  it('reports an acr that no JSON can show', async () => {
    const ring: unknown[] = [];
    ring.push(ring);
    for (const acr of [10n, ring, () => 'urn:acme', Symbol('acr')]) {
      expect(await problemsOf({ acr } as never)).toEqual(['passwordLogin.acr']);
    }
  });

  it.each(mistakes)('%j has problems %j', async (options, paths) => {
    expect(await problemsOf(options)).toEqual(paths);
  });
});
