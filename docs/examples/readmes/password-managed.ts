import { createAuthorizationServer } from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';
import { options, type User } from './options.js';

export async function managePasswords(user: User, password: string, newPassword: string) {
  // #region managed
  const auth = await createAuthorizationServer({
    ...options,
    plugins: [passwordLogin({ managed: true })],
  });

  await auth.passwords.set(user.id, user.email, password);
  await auth.passwords.change(user.id, password, newPassword); // false when the current one is wrong
  await auth.passwords.changeIdentifier(user.id, 'ada@new.example');
  await auth.passwords.verify('ada@new.example', newPassword); // the account id, or undefined
  await auth.passwords.remove(user.id);
  // #endregion managed
  return auth;
}
