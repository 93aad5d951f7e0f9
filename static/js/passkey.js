// What allauth's script could not do with a passkey is said on the page, not in the console alone.
document.addEventListener('allauth.error', (event) => {
  event.preventDefault()
  const fault = document.getElementById('passkey-fault')
  if (fault) fault.hidden = false
})
