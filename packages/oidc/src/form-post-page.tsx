import type { FormPostData, PageDefinition } from '@gatehouse/core';

/**
 * The answer to a client that asked for it as a form. The script sends it on at once; without script the button does.
 *
 * @see [Form Post Response Mode §2](https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html#FormPostResponseMode)
 */
export const formPostPage: PageDefinition<FormPostData> = {
  name: 'form_post',
  title: () => 'Continue',
  scripts: true,
  render: ({ action, fields }, { nonce }) => (
    <>
      <h1>Almost there</h1>
      <p class="lead">Continue to go back to the app.</p>
      <form method="post" action={action}>
        {Object.entries(fields).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <button type="submit" class="primary" autofocus>
          Continue
        </button>
      </form>
      <script nonce={nonce}>document.forms[0].submit();</script>
    </>
  ),
};
