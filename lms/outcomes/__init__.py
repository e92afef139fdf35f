"""What came of the programme, as figures that expose nobody; read only but for costs."""
