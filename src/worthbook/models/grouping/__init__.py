"""Groups of customers: how two differ, which groups the data suggest, and which conditions tell them apart."""
