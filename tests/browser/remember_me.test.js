// A browser that stays signed in, in Chromium: over a restart of the browser, in two tabs at once, and until it is forgotten.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { password, startRowan } from './rowan.js';

let rowan, folder;
before(async () => {
  rowan = await startRowan({ config: '[password]\n[remember_me]\n' });
  folder = await mkdtemp(path.join(tmpdir(), 'rowan-profile-'));
});
after(async () => {
  await rm(folder, { recursive: true, force: true });
  assert.equal(await rowan?.stop(), 0, 'a signal stops the program cleanly');
});

// A profile on disk, as a person has: what it keeps is there after a restart.
const start = () => chromium.launchPersistentContext(folder, {
  executablePath: process.env.ROWAN_CHROMIUM ?? '/usr/bin/chromium',
  baseURL: rowan.origin,
  locale: 'en-GB',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
// The session ends by itself, as after a day without a visit.
const endSession = (context) => context.clearCookies({ name: 'rowan' });
const me = async (page) => (await page.request.get('/me')).status();

test('a browser that is remembered: after a restart, in two tabs, until it is forgotten', async () => {
  let context = await start();
  let page = await context.newPage();
  await page.goto('/register');
  await page.fill('[name="user[email]"]', 'rita@notes.example');
  await page.fill('[name="user[password]"]', password);
  await page.fill('[name="user[password_confirmation]"]', password);
  await page.click('button[type=submit]');
  await page.waitForURL('/');
  await page.goto('/sign-in');
  await page.waitForURL('/'); // who is signed in is led on
  await page.goto('/sign-out');
  await page.click('button[type=submit]');
  await page.goto('/sign-in');
  const form = page.locator('form[action$="/password/sign_in"]');
  await form.locator('[name="user[email]"]').fill('rita@notes.example');
  await form.locator('[name="user[password]"]').fill(password);
  await form.getByLabel('Remember me').check();
  await form.locator('button[type=submit]').click();
  await page.waitForURL('/');
  await endSession(context);
  await context.close();

  context = await start();
  page = await context.newPage();
  await page.goto('/account');
  await page.getByText('Browsers that stay signed in').waitFor();
  assert.equal(await me(page), 200);

  await endSession(context);
  const tabs = await Promise.all([context.newPage(), context.newPage()]);
  await Promise.all(tabs.map((tab) => tab.goto('/account')));
  for (const tab of tabs) await tab.getByText('Browsers that stay signed in').waitFor();
  assert.equal(await me(page), 200);

  await tabs[0].getByRole('button', { name: 'Forget this browser' }).click();
  await tabs[0].getByText('That browser is not remembered any more.').waitFor();
  if (process.env.ROWAN_PICTURES) await tabs[1].screenshot({ path: `${process.env.ROWAN_PICTURES}/account.png`, fullPage: true });
  await endSession(context);
  assert.equal(await me(page), 401);
  if (process.env.ROWAN_PICTURES) {
    await page.goto('/sign-in');
    await page.screenshot({ path: `${process.env.ROWAN_PICTURES}/sign_in.png` });
  }
  await context.close();
});
