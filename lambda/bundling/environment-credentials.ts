/**
 * Replaces `@aws-sdk/credential-provider-node` in the bundles. Lambda gives a function its credentials in the
 * environment; the other places where the SDK would look (profiles, SSO, instance metadata, ...) would be an eighth of
 * the code, and could find credentials that are not meant for the function.
 */
export const defaultProvider = () => async () => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) {
    throw Object.assign(new Error('There are no AWS credentials in the environment.'), {
      name: 'CredentialsProviderError',
    });
  }
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
  };
};
