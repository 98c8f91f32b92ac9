/* Ask the browser for a passkey and send on what it answers. */
const form = document.getElementById("passkey");

if (form) {
  const ask = form.dataset.how === "register" ? handleRegister : handleSignin;
  ask(form.dataset.options).then((answer) => {
    if (answer.credential) {
      document.getElementById("credential").value = answer.credential;
      form.submit();
    } else {
      const said = document.getElementById("passkey-said");
      said.setAttribute("role", "alert");
      said.textContent = `No passkey was used: ${answer.error_msg}`;
    }
  });
}
