// An identity provider that nobody here wrote (npm oidc-provider), on loopback, with two people: one with one role, one with two.
import { createServer } from "node:http";
import { Provider } from "oidc-provider";
import { freePort } from "./port.mjs";

const people = {
  nurse: { sub: "nurse", name: "Ann Other", preferred_username: "ann.other@trust.example", roles: ["UCP.Clinician"] },
  lead: { sub: "lead", name: "Bea Lead", preferred_username: "bea.lead@trust.example", roles: ["UCP.Clinician", "UCP.Lead"] },
  stranger: { sub: "stranger", name: "Cy Stranger", preferred_username: "cy@trust.example", roles: ["Something.Else"] },
};

/** Starts it for a service at an address. `stop` and `start` stand for an outage. */
export async function identityProvider(service) {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "ucpalert", client_secret: "a secret that both know, and long enough", grant_types: ["authorization_code"], response_types: ["code"],
        redirect_uris: [`${service}/sign-in/callback/trust`], post_logout_redirect_uris: [`${service}/sign-in`],
        backchannel_logout_uri: `${service}/sign-in/logout/trust`, backchannel_logout_session_required: true,
      },
    ],
    pkce: { required: () => true },
    claims: { openid: ["sub"], profile: ["name", "preferred_username", "roles"] },
    conformIdTokenClaims: false, // the claims of a scope stand in the ID token, as Entra's do
    features: { devInteractions: { enabled: true }, backchannelLogout: { enabled: true }, rpInitiatedLogout: { enabled: true } },
    cookies: { keys: ["a key for cookies"] },
    findAccount: (_, id) => people[id] && { accountId: id, claims: () => people[id] },
    // By itself it connects to no loopback address, and gives up after two and a half seconds: a busy machine may take longer to take a logout.
    fetch: (url, options) => fetch(url, { ...options, dispatcher: undefined, signal: AbortSignal.timeout(60_000) }),
    ttl: { Session: 3600, Grant: 3600, Interaction: 600, AccessToken: 300, IdToken: 300 },
  });
  const failures = [];
  for (const event of ["server_error", "backchannel.error", "authorization.error", "grant.error"]) provider.on(event, (_, error) => failures.push(`${event}: ${error?.message ?? error} ${error?.error_description ?? ""}`));
  const handler = provider.callback();
  let server;
  const self = {
    issuer, failures,
    start: () => new Promise((done) => (server = createServer(handler).listen(port, "127.0.0.1", done))),
    stop: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(done);
      }),
  };
  await self.start();
  return self;
}
