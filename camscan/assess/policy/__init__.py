"""Published policies: whom they bind, which makers they name, held against a device at its site."""
