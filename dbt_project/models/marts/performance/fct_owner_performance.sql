{{ performance(
    'owner', ref('dim_owner'), 'owner_key', ['owner_name', 'team_key', 'team_name'],
    ratios=['ramp_attainment']
) }}
