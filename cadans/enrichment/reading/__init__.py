"""What can be read from an address or a page. Pure: text in, facts out, nothing asked outside."""
