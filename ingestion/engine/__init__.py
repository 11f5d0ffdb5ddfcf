"""What is the same for every CRM: requests, landing files, raw tables."""
