// Signing out together with a provider that others wrote: it ends our sessions by its server, and people who sign out here are led there.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startChromium, startRowan, visit } from '../browser/rowan.js';
import { startProvider } from './provider.js';

const secret = 'a+b c%2F:d&e="f" and more: 32 bytes at least';
const people = new Map();
let provider, rowan, browser;

const section = (name, more = '') => `[[oidc]]
name = "${name}"
label = "Provider ${name}"
issuer = "${provider.issuer}"
client_id = "notes: ${name}"
client_secret = ${JSON.stringify(secret)}
${more}
`;

before(async () => {
  provider = await startProvider({ people });
  const config = `[password]\n${section('led', 'sign_out_at_provider = true')}${section('ended')}${section('other')}`;
  [rowan, browser] = await Promise.all([startRowan({ config }), startChromium()]);
  for (const name of ['led', 'ended', 'other'])
    provider.register({
      client_id: `notes: ${name}`,
      client_secret: secret,
      token_endpoint_auth_method: 'client_secret_basic',
      redirect_uris: [`${rowan.origin}/auth/user/${name}/callback`],
      post_logout_redirect_uris: [`${rowan.origin}/sign-out`],
      response_types: ['code'],
      grant_types: ['authorization_code'],
      ...(name === 'ended' && { backchannel_logout_uri: `${rowan.origin}/auth/user/ended/backchannel_logout`, backchannel_logout_session_required: true }),
    });
});

after(async () => {
  await browser?.close();
  assert.equal(await rowan?.stop(), 0, 'a signal stops the program cleanly');
  await provider?.stop();
});

async function signedIn(name, who) {
  people.set(who, { email: `${who}@people.example`, email_verified: true });
  const { context, page } = await visit(browser, rowan.origin);
  await page.goto('/sign-in');
  await page.locator(`a[href^="/auth/user/${name}?"]`).click();
  await page.fill('[name=person]', who);
  await page.getByRole('button', { name: 'Sign in here' }).click();
  await page.waitForURL(`${rowan.origin}/`);
  assert.equal((await me(page)).email, `${who}@people.example`);
  return { context, page };
}

async function me(page) {
  const answer = await page.request.get('/me');
  return answer.status() === 200 ? (await answer.json()).user : null;
}

/** Ends the session at the provider, as its own page asks it. */
async function confirmThere(page) {
  await page.locator('button[name=logout]').first().click();
}

test('the provider ends the session that came from it, and no other of the person', async () => {
  const here = await signedIn('ended', 'edda');
  const elsewhere = await signedIn('ended', 'edda');
  await here.page.goto(`${provider.issuer}/session/end`);
  await confirmThere(here.page);
  for (let i = 0; (await me(here.page)) !== null; ++i) {
    assert.ok(i < 50, `it goes on\n${rowan.log()}`);
    await new Promise((again) => setTimeout(again, 100));
  }
  assert.notEqual(await me(elsewhere.page), null);
  assert.match(rowan.log(), /provider_logout strategy="ended" ended="1"/);
  await here.context.close();
  await elsewhere.context.close();
});

test('who signs out here is signed out there, too, and comes back', async () => {
  const { context, page } = await signedIn('led', 'lore');
  await page.goto('/sign-out');
  await page.locator('form[action$="/sign-out"] button[type=submit]').click();
  // The page goes on by itself.
  await page.waitForURL(`${provider.issuer}/session/end?**`);
  assert.equal(await me(page), null, 'signed out here first');
  await confirmThere(page);
  await page.waitForURL(`${rowan.origin}/sign-out?state=**`);
  await page.getByText("You're signed out.").waitFor();
  // The provider asks again who it is.
  await page.goto('/sign-in');
  await page.locator('a[href^="/auth/user/led?"]').click();
  await page.locator('[name=person]').waitFor();
  await context.close();
});

test('nobody is led there unless it is declared', async () => {
  const { context, page } = await signedIn('other', 'otto');
  await page.goto('/sign-out');
  await page.locator('form[action$="/sign-out"] button[type=submit]').click();
  await page.getByText("You're signed out.").waitFor();
  assert.equal(new URL(page.url()).origin, rowan.origin);
  await page.goto('/sign-in');
  await page.locator('a[href^="/auth/user/other?"]').click();
  await page.waitForURL(`${rowan.origin}/`);
  await context.close();
});

test('rowan doctor finds nothing wrong with this provider', async () => {
  const { ok, findings } = JSON.parse(await rowan.run('doctor', 'oidc', 'led', '--json'));
  assert.ok(ok, JSON.stringify(findings, null, 1));
  assert.match(findings.find(({ about }) => about === 'redirect URI').says, new RegExp(`${rowan.origin}/auth/user/led/callback`));
  assert.match(findings.find(({ about }) => about === 'client').says, /knows us/);
});
