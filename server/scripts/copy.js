// A code for other websites, to take along with one press; without this script it is marked and copied by hand.
const button = document.querySelector('[data-copy]');
const code = button?.closest('details').querySelector('code');
if (code && navigator.clipboard) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.nextElementSibling.textContent = button.dataset.copy;
    } catch (refused) {
      // What is marked can be copied with the keyboard, or from the menu of the browser.
      getSelection().selectAllChildren(code);
    }
  });
}
