// #region step-up
/** Calls the API; asks for a fresh login when the API wants one (RFC 9470). */
export async function callApi(
  request: Request,
  login: (params: Record<string, string>) => Promise<string>,
): Promise<Response> {
  const response = await fetch(request.clone());
  const challenge = response.headers.get('www-authenticate') ?? '';
  if (!challenge.includes('error="insufficient_user_authentication"')) return response;
  const maxAge = /max_age="(\d+)"/.exec(challenge)?.[1];
  const token = await login(maxAge === undefined ? {} : { max_age: maxAge });
  request.headers.set('authorization', `Bearer ${token}`);
  return fetch(request);
}
// #endregion step-up
