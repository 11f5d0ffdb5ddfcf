{{ performance(
    'team', ref('dim_team'), 'team_key', ['team_name'], ratios=['participation_rate']
) }}
