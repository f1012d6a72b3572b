import { describeInBrowser, findChromium } from './browser.js';

test('takes Chromium from CHROMIUM_PATH, and nothing where there is none', () => {
  expect(findChromium({ CHROMIUM_PATH: process.execPath })).toBe(process.execPath);
  expect(findChromium({ CHROMIUM_PATH: '/nowhere/chromium' })).toBeUndefined();
});

describeInBrowser('launchBrowser', (newPage) => {
  test('opens a page and runs its script', async () => {
    const page = await newPage();
    await page.setContent('<h1>Gatehouse</h1>');
    expect(await page.getByRole('heading').textContent()).toBe('Gatehouse');
    expect(await page.evaluate(() => document.querySelectorAll('h1').length)).toBe(1);
    await page.context().addCookies([{ name: 'a', value: 'b', url: 'http://127.0.0.1' }]);
  });

  test('starts every test without cookies and other pages', async () => {
    const page = await newPage();
    expect(await page.context().cookies()).toEqual([]);
    expect(page.context().pages()).toHaveLength(2);
  });
});
