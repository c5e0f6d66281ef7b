// A WebSocket in Chromium (examples/live): it carries what people say, and closes when they sign out in another tab. WS-03
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { password, startChromium, startExample, visit } from './rowan.js';

let live, browser;
before(async () => {
  live = await startExample('live', { up: '/live.js' });
  browser = await startChromium();
});
after(async () => {
  await browser?.close();
  if (live) assert.equal(await live.stop(), 0, 'a signal stops the example cleanly');
});

test('a page that is open says so when its person signs out in another tab', async (t) => {
  if (!live) return t.skip('example_live was not built');
  const { context, page, complaints } = await visit(browser, live.origin);
  await page.goto('/register');
  await page.fill('[name="user[email]"]', 'lena@notes.example');
  await page.fill('[name="user[password]"]', password);
  await page.fill('[name="user[password_confirmation]"]', password);
  await page.click('button[type=submit]');
  await page.waitForURL('/');
  await page.getByText('connected').waitFor();
  await page.fill('[name=text]', 'hello');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByText('lena@notes.example: hello').waitFor();

  const another = await context.newPage();
  await another.goto('/');
  await another.getByText('connected').waitFor();
  await another.goto('/sign-out');
  await another.click('button[type=submit]');
  await page.getByText('closed 4401').waitFor();
  const about = complaints.filter((line) => !/status of 404/.test(line)); // the example has no icon
  assert.deepEqual(about, [], 'the content policy lets the page connect to its own site');
  await context.close();
});

test('a page of another site opens none, although the browser sends the cookie', async (t) => {
  if (!live) return t.skip('example_live was not built');
  const { context, page } = await visit(browser, live.origin);
  await page.goto('/register');
  await page.fill('[name="user[email]"]', 'mara@notes.example');
  await page.fill('[name="user[password]"]', password);
  await page.fill('[name="user[password_confirmation]"]', password);
  await page.click('button[type=submit]');
  await page.waitForURL('/');
  const foreign = await context.newPage();
  // Another origin, and by its host the same site for cookies.
  await foreign.route('**/foreign', (route) => route.fulfill({ contentType: 'text/html', body: '<p>elsewhere</p>' }));
  await foreign.goto('http://localhost:49999/foreign');
  const opened = await foreign.evaluate((url) => new Promise((done) => {
    const socket = new WebSocket(url);
    socket.onopen = () => done('open');
    socket.onerror = () => done('refused');
  }), `${live.origin.replace('http', 'ws')}/live`);
  assert.equal(opened, 'refused');
  await context.close();
});
