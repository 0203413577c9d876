"""How every floor tells that something worth remembering was done; who stores it, a higher floor decides.

    audited.send(sender, actor=user or None, action="promptset.imported", target=instance, detail={...})

`sender` is the class of the target. `actor` is the user who asked for it, None for a command, a worker or a stranger.
`action` is `<thing>.<past participle>` in lower case. `target` is a saved model instance, or an unsaved one where
nobody knows which it would be. `detail` holds what JSON can hold, and never a prompt's or a response's text. It is
sent inside the transaction that does the thing: both are kept or neither, and a receiver that raises undoes what it
could not record.
"""

from django.dispatch import Signal

audited = Signal()
