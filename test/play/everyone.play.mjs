// Every page is for everybody: axe finds nothing in light and dark, and nothing comes from anywhere but the house itself.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { axe, browser, demo, go, leave, missing, person, settled } from './house.mjs';

let house, b;
before(async () => { if (!missing) [house, b] = [await demo(), await browser()]; });
afterEach(leave);
after(async () => { await b?.close(); await house?.stop(); });

const pages = ['/tickets?view=open', '/tickets?view=mine', 'TICKET', '/promises?whose=all', '/mail', '/promises?look=week&whose=all', '/complaints', '/parts', '/settings/me', '/approvals', '/promises?look=kept', '/settings/staff', '/settings/teams', '/settings/roles', '/settings/words', '/settings/promises', '/settings/complaints', '/settings/authority', '/settings/parts', '/settings/my', '/settings/hours', '/settings/targets', '/settings/fields', '/settings/mailboxes', '/settings/begin', '/nowhere', 'WRITING', 'SEARCH', 'PALETTE', 'KEYS', '/sign-in'];

for (const [theme, width] of [['light', 1440], ['dark', 1280], ['light', 390]]) {
  test(`every page is for everybody, ${theme}, ${width} wide`, { skip: missing, timeout: 300_000 }, async () => {
    const me = await person(b, house, 'owner', { theme, width });
    const { page } = me;
    const { items } = await me.api('GET', '/tickets?status=open,new&limit=5');
    const found = [];
    let was;
    await page.goto('/tickets?view=open');
    for (const where of width < 900 ? pages.filter((p) => !/settings\/(roles|hours|targets|fields|teams|parts|my)|nowhere|sign-in/.test(p)) : pages) {
      if (where === 'TICKET') await go(page, `/tickets/${items[0].id}`);
      else if (where === 'WRITING') {
        await page.goto(`/tickets/${items[1].id}`);
        await page.getByRole('article').last().waitFor();
        await page.locator('button', { hasText: 'Note' }).click();
        await page.getByRole('textbox', { name: /Internal note/ }).waitFor();
      } else if (where === 'SEARCH') {
        await page.goto('/tickets?view=open');
        await page.getByRole('searchbox').fill(house.company.order);
        await page.getByRole('list', { name: 'What was found' }).waitFor();
      } else if (where === 'PALETTE' || where === 'KEYS') {
        await page.goto('/tickets?view=open');
        await page.getByRole('listbox').focus();
        await page.keyboard.press(where === 'KEYS' ? '?' : 'Control+k');
        await page.getByRole('dialog').waitFor();
      } else if (where === '/sign-in') await page.goto(where); // who is inside has no way there
      else await go(page, where);
      await page.locator('h1:visible').first().waitFor();
      await settled(page);
      const title = await page.locator('h1:visible').first().innerText();
      if (where !== 'PALETTE' && where !== 'KEYS') assert.notEqual(title, was, `${where} did not come`);
      was = title;
      for (const f of await axe(page, theme === 'dark')) found.push(`${where}: ${f}`);
    }
    assert.equal(found.join('\n'), '');
    assert.deepEqual(me.wrong, []);
  });
}
