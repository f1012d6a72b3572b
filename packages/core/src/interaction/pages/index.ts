import type { PageDefinition } from '../page.js';
import { errorPage } from './error.js';
import { loginPage } from './login.js';

/** The pages that the server has without any plugin. The kernel holds pages of all kinds of data under their names. */
export const corePages: readonly PageDefinition<never>[] = [loginPage, errorPage];

export { errorPage, type ErrorPageData } from './error.js';
export { type LoginMethodView, loginPage, type LoginPageData } from './login.js';
