"""What each vendor agreed to send: one module per CRM."""
