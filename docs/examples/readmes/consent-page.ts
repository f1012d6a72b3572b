// #region page
import type { ConsentPageData } from '@gatehouse/consent';
import { html, type PageContext } from '@gatehouse/core';

export const pages = {
  consent: ({ client, groups }: ConsentPageData, { form }: PageContext) => html`
    <h1>${client.name} asks for access</h1>
    <form method="post" action="${form?.action}">
      <input type="hidden" name="csrf" value="${form?.csrf}">
      ${groups.flatMap(({ scopes }) =>
        scopes.map(
          ({ name, description }) => html`
            <label><input type="checkbox" name="scope:${name}" checked> ${description}</label>`,
        ),
      )}
      <button class="primary" name="decision" value="allow">Allow</button>
      <button class="quiet" name="decision" value="deny">Cancel</button>
    </form>`,
};
// #endregion page
